import type { CommandName } from '../../src/commands/run';
import { connectionId, type World } from './world';

/** A command that calls the API, with the answers to its questions. */
export interface CommandUnderFault {
  readonly name: CommandName;
  readonly argument: (world: World) => object;
  /** Buttons to press in its modals. */
  readonly presses?: readonly string[];
}

const bare = ({ unstoredToken: { id } }: World) => ({ id, connectionId });
const other = ({ storedToken: { id } }: World) => ({ id, connectionId });

export const commandsUnderFault: readonly CommandUnderFault[] = [
  {
    name: 'signIn',
    argument: ({ signInToken: { value: token, apiKey, projectId, location } }) => ({
      token,
      apiKey,
      projectId,
      location,
    }),
  },
  { name: 'refresh', argument: () => ({}) },
  {
    name: 'createToken',
    argument: () => ({ name: 'made', connectionId }),
    presses: ['Delete and Create'],
  },
  {
    name: 'deleteToken',
    argument: ({ storedToken: { id } }) => ({ ids: [id], connectionId }),
    presses: ['Delete'],
  },
  { name: 'rotateToken', argument: other, presses: ['Rotate'] },
  {
    name: 'addTokenValue',
    argument: ({ unstoredToken: { id, value: token, apiKey } }) => ({ id, token, apiKey, connectionId }),
  },
  ...(['useToken', 'copyToken', 'openTerminal'] as const).map((name) => ({
    name,
    argument: bare,
  })),
  { name: 'copyConfig', argument: (world) => ({ ...bare(world), format: 'tir' }) },
  { name: 'saveToEnvFile', argument: bare, presses: ['Save'] },
  {
    name: 'setGitHubSecret',
    argument: (world) => ({ ...bare(world), name: 'TIR_API_TOKEN' }),
    presses: ['Set Secret'],
  },
];

/** Commands that don't call the API, or only to list tokens for a person to choose from. */
export const commandsWithoutCalls: readonly string[] = [
  'signOut',
  'stopUsingToken',
  'copySnippet',
  'useTokenInFolder',
  'setVariableNames',
  'checkTerminal',
  'giveToNotebook',
  'findUnusedTokens',
  'sortTokens',
  'filterTokens',
  'clearFilter',
  'scanWorkspace',
  'showActivity',
  'filterActivity',
  'clearActivityFilter',
  'exportActivity',
  'openExample',
  'copyDiagnostics',
  'forgetEverything',
];
