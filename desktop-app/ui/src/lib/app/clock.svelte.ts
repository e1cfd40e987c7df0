/** The time that texts like "3 s ago" are relative to. One timer for the whole screen. */
let now = $state(Date.now());
setInterval(() => (now = Date.now()), 1000);

/** Milliseconds; whoever reads it in markup is redrawn every second. */
export function clock(): number {
  return now;
}
