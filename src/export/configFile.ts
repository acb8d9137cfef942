import { Secret } from '../base/secret';

/**
 * Builds the config file that the TIR website offers as a download next to each token
 * (https://docs.e2enetworks.com/tir/personal-access-tokens/how-to/use-a-token-in-api-calls/ names its `api_key`).
 * It's an object of aliases, each with both values. Two command-line tools read it: `e2ectl config import --file`
 * (https://github.com/e2enetworks-oss/e2ectl, src/config/import-file.ts) and `e2e_cli alias add_file`
 * (https://pypi.org/project/e2e-cli/). The TIR Python SDK reads no config file.
 */
export function configFile(alias: string, token: Secret, apiKey: Secret): Secret {
  const values = { api_key: apiKey.reveal(), api_auth_token: token.reveal() };
  return new Secret(`${JSON.stringify({ [alias]: values }, undefined, 2)}\n`);
}
