import type { Lines } from './patterns';

/** What is to be read from the environment instead of a value, and where that stands. */
export interface Site {
  readonly lines: Lines;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** The variable that has the value. */
  readonly name: string;
  /** Path of the file, with slashes. */
  readonly path: string;
  /** Of a notebook's cell: the other ones, whose imports count for it too. */
  readonly earlier?: readonly Lines[];
}

/** Text in the place of a piece of one line. */
export interface Edit {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}
