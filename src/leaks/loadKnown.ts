import type { Store } from '../secrets/store';
import { KnownValues } from './known';

/** Reads every stored value once, and keeps its hash. @param fingerprint a keyed hash */
export async function loadKnown(store: Store, fingerprint: (text: string) => string): Promise<KnownValues> {
  const known = new KnownValues(fingerprint);
  for (const { id: connectionId } of await store.connections()) {
    for (const { id, name, credentials } of await store.storedTokens(connectionId)) {
      const token = { connectionId, id, name };
      known.add(credentials.token, { isApiKey: false, token });
      if (credentials.apiKey) {
        known.add(credentials.apiKey, { isApiKey: true, token });
      }
    }
    const signedIn = await store.connection(connectionId);
    if (signedIn) {
      known.add(signedIn.credentials.token, { isApiKey: false });
      if (signedIn.credentials.apiKey) {
        known.add(signedIn.credentials.apiKey, { isApiKey: true });
      }
    }
  }
  return known;
}
