// One player at a time: each announces that it starts, and stops when another does.

const STARTED = "segue-player-started";

export const announceStart = (player) => window.dispatchEvent(new CustomEvent(STARTED, { detail: player }));

/** Call `stop` when another player starts, until `signal` is aborted. */
export function stopForOthers(player, stop, signal) {
  window.addEventListener(STARTED, (event) => event.detail !== player && stop(), { signal });
}
