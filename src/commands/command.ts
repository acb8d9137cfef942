import type { Parts } from '../parts';

/** A command: what it was given, whether a person called it through a menu or the palette, and the other selected rows. */
export interface Call {
  readonly argument: unknown;
  readonly selection: readonly unknown[];
  readonly byHand: boolean;
}

export type Command = (parts: Parts, call: Call) => Promise<unknown>;
