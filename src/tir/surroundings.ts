import { isTirIssuer, readJwt } from './credentials';

/*
 * Judges a text by what stands near it: whether it's given to TIR.
 */

/** Returns a line's text by its number, from 0; undefined outside of the text. */
export type Lines = (index: number) => string | undefined;

/** Number of lines before and after a line that help to judge what's on it. */
export const surroundings = 5;

/** Where a match is. */
export interface MatchPlace {
  readonly near: Surroundings;
  readonly line: number;
  /** Where the whole match starts in its line. */
  readonly start: number;
}

export const jwt = String.raw`eyJ[\w-]{8,4096}\.eyJ[\w-]{8,4096}\.[\w-]{16,4096}`;
/**
 * The lookbehinds keep matching linear: without them, every "eyJ" in a run would start another scan. The second one is
 * for URLs, JSON, defaults in shell (`${NAME:-eyJ…}`, `${NAME-eyJ…}`) and lines that a patch removes.
 */
export const tirToken = new RegExp(
  String.raw`(?:(?<![\w-])|(?<=%[0-9A-Fa-f]{2}|\\[nrt]|:-|\{\w{1,64}-|(?:^|\n)-))(${jwt})`,
  'g',
);

export function isTirToken(text: string): boolean {
  const issuer = readJwt(text)?.issuer;
  return issuer !== undefined && isTirIssuer(issuer);
}

/** Characters of a line to read on each side of a match: one line can hold a whole program. */
export const contextLength = 2000;

/** The host of a URL, of an HTTP message, or before a path as in `curl example.com/v1`. */
const host =
  /(?:(?:https?|wss?):\/\/|\bhost["']?: *["']?|(?<![\w./@-])(?=[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}\/))([\w.-]+)/gi;

/** Facts about TIR in the text near matches, each computed once, on demand. */
class Nearby {
  #facts: { readonly isOfTir: boolean; readonly hasTirToken: boolean; readonly hosts: readonly string[] } | undefined;

  constructor(readonly text: string) {}

  get facts() {
    return (this.#facts ??= {
      isOfTir: isOfTir(this.text),
      hasTirToken: (this.text.match(tirToken) ?? []).some(isTirToken),
      hosts: [...this.text.matchAll(host)].map(([, name = '']) => name),
    });
  }
}

/** Reads the lines around matches. Keeps what the last ones said: thousands of matches can have the same surroundings. */
export class Surroundings {
  readonly #seen = new Map<string, Nearby>();

  constructor(readonly lines: Lines) {}

  /** Returns a line near a match. Shortens long lines: around the match on its own line, else to the beginning. */
  line({ line, start }: MatchPlace, index: number): Nearby {
    const from = index === line ? Math.max(0, Math.floor(start / contextLength) - 1) * contextLength : 0;
    const key = `${index} ${from}`;
    const seen = this.#seen.get(key);
    if (seen) {
      return seen;
    }
    if (this.#seen.size > 100) {
      this.#seen.clear();
    }
    const nearby = new Nearby((this.lines(index) ?? '').slice(from, from + 3 * contextLength));
    this.#seen.set(key, nearby);
    return nearby;
  }
}

/** Returns the lines around a match, including its own. */
export function linesAround(place: MatchPlace): Nearby['facts'][] {
  return Array.from(
    { length: 2 * surroundings + 1 },
    (_, index) => place.near.line(place, place.line - surroundings + index).facts,
  );
}

export function isNearTir(place: MatchPlace): boolean {
  return linesAround(place).some((facts) => facts.isOfTir);
}

/** TIR's hosts, or a call of its SDK. */
const ofTir = /(?<![\w-])e2enetworks\.(?:com|net|cloud)|\.e2enetworks\.|(?:(?<!\w)|(?<=\\n))tir\.init\b\(?/gi;

function isOfTir(text: string): boolean {
  return text.search(ofTir) >= 0;
}

/**
 * Returns whether the lines around name TIR, and not only in the brackets of another call or map.
 * @param name the variable that holds the value: a later call of TIR may be given it
 */
export function isGivenToTir(place: MatchPlace, name?: string): boolean {
  if (!isNearTir(place)) {
    return false;
  }
  const { near, line, start } = place;
  const text = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, index) => near.lines(first + index)?.slice(0, contextLength)).join(
      '\n',
    );
  const own = near.lines(line) ?? '';
  const before = `${text(line - surroundings, line - 1)}\n${own.slice(Math.max(0, start - contextLength), start)}`;
  const after = `${own.slice(start, start + contextLength)}\n${text(line + 1, line + surroundings)}`;
  const [bracketsAfter, bracketsBefore] = [bracketsFrom(after, 1), bracketsFrom(before, -1)];
  const isOutside = (distance: number, brackets: readonly Span[]) =>
    !brackets.some(([first, last]) => first < distance && distance <= last);
  return (
    [...after.matchAll(ofTir)].some(({ index }) => isOutside(index, bracketsAfter)) ||
    [...before.matchAll(ofTir)].some(({ 0: { length }, index }) =>
      isOutside(before.length - index - length, bracketsBefore),
    ) ||
    (name !== undefined && callsOfTir(after).some((call) => passes(call, name)))
  );
}

/** Returns whether a call is given a variable: not only a parameter of the same name, or a text with the word. */
function passes(call: string, name: string): boolean {
  return new RegExp(String.raw`[=(,{:+%[]\s*${name}\s*(?:[,)}\]+.%]|$)`).test(call);
}

/** Returns the innermost round brackets around each of TIR's names, unless there are statements in them. */
function callsOfTir(text: string): string[] {
  let places = [...text.matchAll(ofTir)].map(({ index }) => index);
  const calls: string[] = [];
  const open: number[] = [];
  const close = (end: number) => {
    const start = open.pop() ?? end;
    if (places.some((at) => start < at && at < end)) {
      places = places.filter((at) => at < start || at > end);
      calls.push(text.slice(start, end + 1));
    }
  };
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') {
      open.push(at);
    } else if (text[at] === ')') {
      close(at);
    }
  }
  while (open.length > 0) {
    close(text.length);
  }
  return calls.filter((call) => !call.includes(';'));
}

type Span = readonly [first: number, last: number];

/**
 * Returns the outermost brackets after a match, or before it if `direction` is -1, as distances from the match. Leaves
 * out those around the match. One that isn't closed reaches to the text's end.
 */
function bracketsFrom(text: string, direction: 1 | -1): Span[] {
  const [opening, closing] = direction > 0 ? ['([{', ')]}'] : [')]}', '([{'];
  const found: Span[] = [];
  let [depth, first] = [0, 0];
  for (let step = 0; step < text.length; step++) {
    const character = text.charAt(direction > 0 ? step : text.length - 1 - step);
    if (opening.includes(character)) {
      first = depth === 0 ? step : first;
      depth++;
    } else if (closing.includes(character) && depth > 0) {
      depth--;
      if (depth === 0) {
        found.push([first, step]);
      }
    }
  }
  return depth === 0 ? found : [...found, [first, text.length]];
}
