// <button data-print> prints the page it stands on.
import { onClick } from "./page.js";

onClick("[data-print]", () => window.print());
