import { type Credentials, Secret } from '../base/secret';
import type { Connection } from '../secrets/records';

/** Shapes of config files: TIR's, and MyAccount's, which e2ectl reads. A reader of one refuses the other. */
export const configFormats = ['tir', 'e2ectl'] as const;
export type ConfigFormat = (typeof configFormats)[number];

/** Credentials with the API key, which both shapes need. */
export type CredentialsWithKey = Required<Credentials>;

/**
 * Builds the `config.json` that TIR offers as a download next to a token. `load_config()` of the TIR Python SDK reads it
 * (package e2enetworks, `cloud/tir/client/client.py`): it demands a path that ends in `.json` and all four keys, both
 * values as strings and both IDs as integers. It then calls TIR, which needs `E2E_TIR_LOCATION` in the environment.
 * Leaves out a team that isn't known, because a made-up one would pass that check and fail later.
 */
export function tirConfig({ token, apiKey }: CredentialsWithKey, { projectId, teamId }: Connection): Secret {
  return json({
    api_key: apiKey.reveal(),
    auth_token: token.reveal(),
    ...(teamId !== undefined && { team_id: teamId }),
    project_id: projectId,
  });
}

/**
 * Builds the credential file that MyAccount offers as a download: an object of aliases. `e2ectl config import` reads it
 * (https://github.com/e2enetworks-oss/e2ectl, `src/config/import-file.ts`): it demands an alias and both values, none of
 * them blank, and takes the project from its options. `e2e_cli alias add_file` reads it too.
 */
export function e2ectlConfig({ token, apiKey }: CredentialsWithKey, alias: string): Secret {
  return json({ [alias]: { api_key: apiKey.reveal(), api_auth_token: token.reveal() } });
}

function json(values: object): Secret {
  return new Secret(`${JSON.stringify(values, undefined, 2)}\n`);
}
