/** Loaded before the bot, it sets the process's wall clock a minute ahead. */

const offMs = 60_000;
const now = Date.now;
Date.now = () => now() + offMs;
