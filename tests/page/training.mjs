// The computing half of the page that trains, outside of a browser.

import {told} from "./page.mjs";

const NAMES = ["Training", "Tape", "Twister", "OPTIMIZERS", "buildMlp", "rebuilt"];

export const code = new Function(`${told("code.json")}\nreturn {${NAMES.join(", ")}};`)();
