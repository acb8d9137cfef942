/*
 * Lines for a shell that ask the API who the token of its environment is. The token is in no argument of a program, which
 * all others could see; the search at the end would find it there.
 */

const call = (origin: string) => `printf 'Authorization: Bearer %s' "$TIR_API_TOKEN" | curl -s -H @- ${origin}/whoami/`;

/** Writes the status of the answer. */
export function statusOf(origin: string): string {
  return `${call(origin)} -o /dev/null -w '%{http_code}'`;
}

/** Writes the name of the token, 401, or nothing where there is none. */
export function nameOf(origin: string): string {
  return `[ -n "$TIR_API_TOKEN" ] && ${call(origin)} | sed -E 's/.*"token_name":"([^"]*)".*/\\1/; s/.*"code":401.*/401/'`;
}
