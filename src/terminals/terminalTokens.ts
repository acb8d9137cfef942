import { randomBytes } from 'node:crypto';

import type * as vscode from 'vscode';

import { digestOf } from '../base/secret';
import { type NamedToken, sameToken } from '../secrets/records';
import type { Store } from '../secrets/store';

/** A token in a terminal. Holds no secret, since it's kept for as long as the terminal is open, also across reloads. */
export interface TerminalToken {
  readonly token: NamedToken;
  /** Digest of the value. */
  readonly digest: string;
}

export function sameTerminalToken(a: TerminalToken | undefined, b: TerminalToken | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && sameToken(a.token, b.token) && a.digest === b.digest);
}

/** Key in the global state. */
const stateKey = 'terminalDigests';

/** Recognizes the token of a terminal by a digest of its value, which a shell can tell without showing the value. */
export class TerminalTokens {
  /** Makes the digests useless elsewhere. Stays the same, so a window recognizes its terminals after a reload. */
  readonly key: string;
  /** By digest. */
  readonly #noted = new Map<string, NamedToken>();
  #stored: { readonly changes: number; readonly tokens: Promise<ReadonlyMap<string, NamedToken>> } | undefined;

  constructor(
    state: vscode.Memento,
    private readonly store: Store,
  ) {
    const stored = state.get<string>(stateKey);
    this.key = stored ?? randomBytes(16).toString('hex');
    if (stored === undefined) {
      void state.update(stateKey, this.key);
    }
  }

  digest(value: string): string {
    return digestOf(this.key, value);
  }

  /** Notes a token that terminals get, so it's recognized even when it's no longer stored. */
  note({ connectionId, id, name }: NamedToken, digest: string): TerminalToken {
    const token = { connectionId, id, name };
    this.#noted.set(digest, token);
    return { token, digest };
  }

  /** Returns the noted token whose value this is. */
  noted(value: string): TerminalToken | undefined {
    const digest = this.digest(value);
    const token = this.#noted.get(digest);
    return token && { token, digest };
  }

  /** Resolves to the noted or stored token whose value has this digest. */
  async find(digest: string): Promise<TerminalToken | undefined> {
    const token = this.#noted.get(digest) ?? (await this.#storedNow()).get(digest);
    return token && { token, digest };
  }

  /** Reads all stored values, but only if something has changed since the last time. */
  #storedNow(): Promise<ReadonlyMap<string, NamedToken>> {
    const changes = this.store.changes();
    if (this.#stored?.changes !== changes) {
      const reading = this.#readStored();
      this.#stored = { changes, tokens: reading };
      reading.catch(() => (this.#stored = undefined));
    }
    return this.#stored.tokens;
  }

  async #readStored(): Promise<ReadonlyMap<string, NamedToken>> {
    const tokens = new Map<string, NamedToken>();
    for (const { id: connectionId } of await this.store.connections()) {
      for (const { id, name, credentials } of await this.store.storedTokens(connectionId)) {
        tokens.set(this.digest(credentials.token.reveal()), { connectionId, id, name });
      }
    }
    return tokens;
  }
}
