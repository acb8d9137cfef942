import { type NamedToken, sameToken, type TokenRef } from '../secrets/records';
import type { Store } from '../secrets/store';
import type { TokenList, TokenLists } from '../tir/lists';
import type { TokenTimes } from '../tir/times';

/** The token that a value belongs to. */
export interface Owner extends NamedToken, TokenTimes {
  /** The project's label. */
  readonly project: string;
  readonly isApiKey: boolean;
}

interface OwnersNow {
  /** Whether every project's list is loaded with all values, so a value without an owner belongs to no project. */
  readonly areComplete: boolean;
  /**
   * Returns the tokens with a value: tokens can share an API key.
   * @param stored the token, if the value is stored on this machine
   */
  of(fingerprint: string, stored?: TokenRef): Owner[];
}

/** Finds the token that a value belongs to: TIR's lists have every value, and loaded lists keep their keyed hashes. */
export class Owners {
  constructor(
    private readonly store: Pick<Store, 'connections'>,
    private readonly lists: TokenLists,
  ) {}

  /** Returns what the lists say now. */
  async now(): Promise<OwnersNow> {
    const projects = (await this.store.connections()).map(({ id, label }) => ({
      id,
      label,
      list: this.lists.current(id),
    }));
    const isComplete = ({ at, error, tokens }: TokenList) =>
      at !== undefined && !error && tokens.every(({ fingerprints }) => fingerprints);
    return {
      areComplete: projects.length > 0 && projects.every(({ list }) => isComplete(list)),
      of(fingerprint, stored) {
        const owners = new Map<number, Owner>();
        for (const { id: connectionId, label: project, list } of projects) {
          for (const { id, name, created, expires, fingerprints } of list.tokens) {
            const isApiKey = fingerprints?.apiKey === fingerprint;
            const isStored = sameToken(stored, { connectionId, id });
            const isOwner = isStored || isApiKey || fingerprints?.token === fingerprint;
            // A project that is signed in to twice lists the same token twice.
            if (isOwner && (isStored || !owners.has(id))) {
              owners.set(id, { connectionId, id, name, project, created, expires, isApiKey });
            }
          }
        }
        return [...owners.values()];
      },
    };
  }

  /** Lists the tokens of every project once. @throws TirError if one of them can't be listed */
  async load(signal: AbortSignal): Promise<void> {
    for (const { id } of await this.store.connections()) {
      await this.lists.refresh(id, signal);
    }
  }

  /** Returns whether there's a project whose tokens can be listed. */
  async hasProjects(): Promise<boolean> {
    return (await this.store.connections()).length > 0;
  }
}
