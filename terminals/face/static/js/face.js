// Puts the small modules of the citizens' pages together: each looks after one thing. Every page
// works without them.
import { watchCopy } from "./copy.js";
import { watchDrawings } from "./drawing.js";
import { watchNeeds } from "./needs.js";
import { watchSending } from "./sending.js";
import { watchShare } from "./share.js";
import { watchWakeLock } from "./wake_lock.js";

watchNeeds();
watchCopy();
watchShare();
watchDrawings();
watchWakeLock();
watchSending();
document.documentElement.dataset.ready = "";
