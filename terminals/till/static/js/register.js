// Puts the register's small modules together: each looks after one thing and knows no other.
import { watchClocks } from "./clock.js";
import { watchCounts } from "./count.js";
import { watchGuard } from "./guard.js";
import { watchIdle } from "./idle.js";
import { watchKeys } from "./keys.js";
import { watchMenus } from "./menus.js";
import { watchNews } from "./news.js";
import { current, watchPage } from "./page.js";
import { watchPads } from "./pad.js";
import { watchRefunds } from "./refund.js";
import { watchScanner } from "./scanner.js";
import { watchSounds } from "./sound.js";

watchGuard();
watchKeys();
watchScanner();
watchPads();
watchCounts();
watchRefunds();
watchMenus();
watchIdle();
watchClocks();
watchSounds();
watchNews();
watchPage();
document.body.dataset.ready = current().state;
