/** Why a token was not handed over. What people read of it is made at the edge, in `commands/handOver.ts`. */
export type Reason =
  /** `.env` is a symbolic link: git would be asked about the link, and the value written elsewhere. */
  | 'link'
  /** `.env` is a folder, as Python's environments sometimes are, or something else that is no file. */
  | 'no-file'
  /** The text has zero bytes, as UTF-16 has: another line in ASCII would break it. */
  | 'encoding'
  /** No way of quoting the value is read alike by everybody. */
  | 'value'
  | 'disk'
  | 'no-git'
  | 'git'
  | 'no-gh'
  | 'gh-signed-out'
  | 'gh'
  | 'timeout';

export class HandOverProblem extends Error {
  /** @param says a code of the system, or what a program said, in quotable words; never a value */
  constructor(
    readonly reason: Reason,
    readonly says = '',
  ) {
    super(says === '' ? reason : `${reason}: ${says}`);
  }
}
