import { PayrunError } from '../domain/problem.ts';
import { openAction, type ActionCommand, type OpenedAction } from '../operations/index.ts';
import { textFlag } from './flag.ts';

/** The flags of the commands that do what others have signed. */
export const actionFlags = {
  action: textFlag('--action <file>', 'do exactly what this file says, which was approved: payrun approve FILE'),
  out: textFlag('--out <file>', 'with --dry-run: write what would be done into this file, for others to approve'),
};

export interface GivenAction {
  readonly action: string | null;
  readonly out: string | null;
  readonly dryRun: boolean;
}

/** The action that is to be done; null without `--action`. Throws {@link PayrunError} 2 for flags that do not go together. */
export async function givenAction(
  { action, out, dryRun }: GivenAction,
  command: ActionCommand,
): Promise<OpenedAction | null> {
  if (out !== null && !dryRun)
    throw usageFault('--out goes with --dry-run: it writes what would be done, and does nothing.');
  if (action === null) return null;
  if (dryRun) throw usageFault('--action does what was approved, and --dry-run does nothing: leave one of them out.');
  return openAction(action, command);
}

/** What a flag or argument says, or else the action. Throws {@link PayrunError} 2 where the two differ. */
export function asInAction(
  opened: OpenedAction | null,
  flag: string,
  given: string | null,
  inAction: unknown,
): string | null {
  if (opened === null) return given;
  const text = typeof inAction === 'string' ? inAction : null;
  if (given === null || given === text) return text;
  const says = text === null ? 'says nothing of it' : `says ${text}`;
  throw usageFault(
    `${flag} ${given}: ${opened.file} ${says}, and exactly what the action says is done. Leave ${flag} out.`,
  );
}

/** As {@link asInAction}, of what has to be given. @param wanted as in the help: `--because <text>`. */
export function requiredText(
  opened: OpenedAction | null,
  wanted: string,
  given: string | null,
  inAction: unknown,
): string {
  const [flag = ''] = wanted.split(' ');
  const text = asInAction(opened, flag, given, inAction);
  if (text === null) throw usageFault(`${wanted} is missing. See: --help`);
  return text;
}

/** The texts of a list in an action. */
export function textsInAction(value: unknown): readonly string[] | null {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : null;
}

function usageFault(message: string): PayrunError {
  return new PayrunError(2, 'usage', message);
}
