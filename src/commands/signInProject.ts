import * as vscode from 'vscode';

import { cancelled, refusal, type TirError, toTirError } from '../base/errors';
import { askPick, singleStep, withProgress } from '../base/prompts';
import { Secret } from '../base/secret';
import { plain } from '../base/text';
import { connectionId, isUnreadable, type SignedIn } from '../secrets/records';
import type { Services } from '../services';
import type { Match } from '../tir/client';
import type { Pasted } from '../tir/pasted';
import { defaultLabel, locations, type Token } from '../tir/token';
import { askLocation } from './signInQuestions';

/** A project that a list call has shown to be the token's. */
export interface FoundProject extends SignedIn {
  readonly tokens: readonly Token[];
  /** The token that signs in; undefined if the list doesn't tell. */
  readonly match: Match | undefined;
}

/** What a sign-in needs. The location is found. */
export type SignInRequest = Pasted & {
  readonly projectId: number;
  /** Whether the location is given and no other is tried. The one in a text may be that of another project. */
  readonly isLocationFixed: boolean;
};

/**
 * Finds the project of a token by list calls, in both locations at once unless one is known. A person is asked for the
 * location if both answer, and for the account if the credentials are good and the project is in none of their own.
 */
export async function findProject(
  services: Services,
  given: SignInRequest,
  label: string | undefined,
  interactive: boolean,
): Promise<FoundProject> {
  const title = vscode.l10n.t('Sign In to TIR');
  const search = (wanted: SignInRequest) =>
    withProgress(vscode.l10n.t('Signing in to {0}…', nameOf(wanted, label)), async (signal) => {
      const { location, isLocationFixed } = wanted;
      const named = location === undefined ? locations : [location];
      try {
        return await searchLocations(services, wanted, label, named, signal);
      } catch (error) {
        if (named === locations || isLocationFixed || !mayBeWrongProject(toTirError(error))) {
          throw error;
        }
        return searchLocations(services, wanted, label, locations, signal);
      }
    });
  const result = await search(given).catch(async (thrown: unknown) => {
    const error = toTirError(thrown);
    if (!mayBeWrongProject(error)) {
      throw error;
    }
    const accounts = await accountsOf(services, given, error);
    const isAsked = interactive && given.activeIam === undefined && accounts.length > 0;
    const items = accounts.map(({ id, owner }) => ({ label: plain(owner), description: String(id), id }));
    const question = vscode.l10n.t("TIR doesn't list this project in your account. Which account is it in?");
    const account = isAsked ? await askPick(singleStep(title), question, items) : undefined;
    return account
      ? search({ ...given, activeIam: account.id }).catch((again: unknown) => {
          const second = toTirError(again);
          throw mayBeWrongProject(second) ? wrongProject(given, second) : second;
        })
      : Promise.reject(wrongProject(given, error));
  });
  const { found, failure } = result;
  const own = found.filter(({ match }) => match);
  const [project, other] = own.length === 1 ? own : found;
  if (project && !other && (own.length === 1 || !failure)) {
    return project;
  }
  if (failure && !interactive) {
    throw failure;
  }
  // Both locations answer, or the one that doesn't may have the project.
  const chosen = await askLocation(singleStep(title));
  return found.find(({ connection }) => connection.location === chosen) ?? Promise.reject(failure ?? cancelled());
}

export function nameOf(
  { projectId, location, activeIam }: Pasted & { projectId: number },
  label: string | undefined,
): string {
  const project = { projectId, ...(activeIam !== undefined && { activeIam }) };
  return plain(label ?? (location === undefined ? String(projectId) : defaultLabel({ ...project, location })));
}

interface SearchResult {
  /** The project in each location that answers. */
  readonly found: readonly FoundProject[];
  /** Why the other location told nothing; undefined if it's known not to have the project. */
  readonly failure: TirError | undefined;
}

/** Tries the locations. @throws TirError the most telling error if none answers */
async function searchLocations(
  services: Services,
  wanted: SignInRequest,
  label: string | undefined,
  named: readonly string[],
  signal: AbortSignal,
): Promise<SearchResult> {
  const outcomes = await Promise.allSettled(
    named.map(async (location) => {
      const signedIn = await withKeptSettings(services, signedInOf(wanted, location, label), label !== undefined);
      return { ...signedIn, ...(await services.client(signedIn).listAndIdentify(signedIn.credentials, signal)) };
    }),
  );
  if (signal.aborted) {
    throw cancelled();
  }
  const found = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [toTirError(outcome.reason)] : []));
  const failure = errors.find((one) => !mayBeWrongProject(one));
  const error = failure ?? errors[0];
  if (found.length === 0 && error) {
    throw error;
  }
  return { found, failure };
}

/** Checks if a list call may have failed for its project or location rather than for its credentials. */
function mayBeWrongProject({ code, details }: TirError): boolean {
  const codes: readonly string[] = ['unauthorized', 'forbidden', 'not-found', 'invalid-input'];
  return codes.includes(code) && details.status !== undefined && details.apiKey !== 'missing';
}

/**
 * Resolves to the accounts of contact persons, from a call that needs no project. @throws TirError `unauthorized` if the
 * credentials are bad; the error of the list call if this one doesn't tell
 */
async function accountsOf(services: Services, given: SignInRequest, error: TirError) {
  const signedIn = signedInOf(given, given.location ?? locations[0], undefined);
  try {
    return await withProgress(vscode.l10n.t('Checking the token…'), (signal) =>
      services.client(signedIn).accounts(signal),
    );
  } catch (thrown) {
    const second = toTirError(thrown);
    throw second.code === 'cancelled' || second.code === 'unauthorized' ? second : error;
  }
}

function wrongProject({ projectId, location, isLocationFixed }: SignInRequest, { code, details }: TirError): TirError {
  const why =
    location === undefined || !isLocationFixed
      ? vscode.l10n.t(
          "The token works, but TIR doesn't list tokens of project {0} in any location. Check the ID and your role in the project.",
          projectId,
        )
      : vscode.l10n.t(
          "The token works, but TIR doesn't list tokens of project {0} in {1}. Check the ID, the location and your role in the project.",
          projectId,
          location,
        );
  return refusal(code === 'unauthorized' ? 'forbidden' : code, why, details);
}

/**
 * Keeps the label, the extra variable names, the team and the known sign-in token of a project that the person signs in
 * to again. @param isLabelFixed whether the label is given, or was kept before
 */
export async function withKeptSettings(
  { store }: Pick<Services, 'store'>,
  { connection: { variables: _, ...connection }, credentials }: SignedIn,
  isLabelFixed: boolean,
): Promise<SignedIn> {
  const kept = await store.connection(connection.id).catch((error: unknown) => {
    // Signing in again repairs a damaged record.
    if (isUnreadable(error) && error.details.record === 'damaged') {
      return undefined;
    }
    throw error;
  });
  const { label = connection.label, variables, teamId, signInTokenId } = kept?.connection ?? {};
  const isSameToken = kept?.credentials.token.equals(credentials.token) === true;
  const extra = {
    ...(variables && { variables }),
    ...(teamId !== undefined && { teamId }),
    ...(isSameToken && signInTokenId !== undefined && { signInTokenId }),
  };
  // The person may have left out the API key this time.
  const known = isSameToken ? { ...kept.credentials, ...credentials } : credentials;
  return {
    connection: { ...extra, ...connection, ...(!isLabelFixed && { label }) },
    credentials: known,
  };
}

function signedInOf(given: SignInRequest, named: string, label: string | undefined): SignedIn {
  const { token, apiKey, projectId, activeIam, teamId } = given;
  const location = locations.find((known) => known.toLowerCase() === named.toLowerCase()) ?? named;
  const project = { projectId, location, ...(activeIam !== undefined && { activeIam }) };
  return {
    connection: {
      id: connectionId(project),
      label: label ?? defaultLabel(project),
      ...project,
      ...(teamId !== undefined && { teamId }),
    },
    credentials: { token: new Secret(token), ...(apiKey !== undefined && { apiKey: new Secret(apiKey) }) },
  };
}
