import { TirError } from './errors';

/** What is read of an answer. */
export type Response = Pick<globalThis.Response, 'status' | 'headers' | 'text'>;

interface Options {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly redirect: 'manual';
  /** Bytes that a body may have. */
  readonly size: number;
  readonly signal: AbortSignal;
}

/**
 * The browser's fetch, as node-fetch takes and gives it: a body that is too long is an error of `type` `max-size`.
 * @throws TirError `bad-response` for a redirect, whose aim a browser does not tell; `offline` for what it does not
 * tell apart: no network, a host that is not there, and an API that lets no page call it (CORS)
 */
export async function fetch(url: URL, { size, ...options }: Options): Promise<Response> {
  const init = { ...options, credentials: 'omit', cache: 'no-store' } as const;
  let response: globalThis.Response;
  try {
    response = await globalThis.fetch(url, init);
  } catch (error) {
    throw error instanceof TypeError
      ? new TirError('offline', 'the browser did not get through', { inBrowser: true })
      : error;
  }
  if (response.type === 'opaqueredirect') {
    throw new TirError('bad-response', 'refused a redirect');
  }
  const { status, headers } = response;
  return { status, headers, text: () => readText(response, size) };
}

async function readText(response: globalThis.Response, size: number): Promise<string> {
  const reader = response.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined;
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    length += part.value.length;
    if (length > size) {
      await reader?.cancel();
      throw Object.assign(new Error('The body is too long'), { type: 'max-size' });
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}
