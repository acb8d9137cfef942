/*
 * Shell lines that ask the API which token the environment has. The token isn't an argument of a program, since other
 * programs could see it and the search for secrets would find it.
 */

const call = (origin: string) => `printf 'Authorization: Bearer %s' "$TIR_API_TOKEN" | curl -s -H @- ${origin}/whoami/`;

/** Returns a line that prints the status of the answer. */
export function statusOf(origin: string): string {
  return `${call(origin)} -o /dev/null -w '%{http_code}'`;
}

/** Returns a line that prints the token's name, 401, or nothing if there's no token. */
export function nameOf(origin: string): string {
  return `[ -n "$TIR_API_TOKEN" ] && ${call(origin)} | sed -E 's/.*"token_name":"([^"]*)".*/\\1/; s/.*"code":401.*/401/'`;
}
