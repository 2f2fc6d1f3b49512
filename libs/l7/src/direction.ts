/**
 * Which way bytes travel in a flow: 0 from the side that the capturer presumes to be the client, 1 back to it. The
 * presumption may be wrong; a conversation finds out who asks and says so.
 */
export type Direction = 0 | 1;

export const opposite = (direction: Direction): Direction => (direction === 0 ? 1 : 0);
