import { resolve, type OpenedAction, type ResolveRequest } from '../../operations/index.ts';
import { actionFlags, asInAction, givenAction, requiredText } from '../action-flags.ts';
import { defineCommand } from '../command.ts';
import { choiceFlag, optionalArgument, switchFlag, textFlag } from '../flag.ts';
import { runBatches } from '../run-batches.ts';
import { totalLines } from '../tables.ts';

export const resolveCommand = defineCommand({
  name: 'resolve',
  description: 'record how a payment ended that no provider can tell of',
  help: {
    examples: ['payrun resolve Y871NJGPXMTG2K2N0NHP --as paid --because "in the statement"'],
    exits: [[0, 'recorded'], 2, [5, 'recorded; two references of one debt are reported as paid: decide'], 6],
    json: '`batches`: the batch of the payment',
  },
  parameters: {
    reference: optionalArgument('[reference]', 'needed without --action'),
    status: choiceFlag('--as <status>', 'what became of it; needed without --action', ['paid', 'failed']),
    because: textFlag('--because <text>', 'the evidence: what was seen where; needed without --action'),
    providerReference: textFlag('--provider-reference <id>', "the provider's own id of the payment"),
    settledAt: textFlag('--at <time>', "the bank's date and time (2026-11-28T14:05, or with an offset)"),
    by: textFlag('--by <name>', 'who decides; the login name unless that is root'),
    yes: switchFlag('--yes', 'do not ask before recording'),
    isDryRun: switchFlag('--dry-run', 'only show what would be recorded'),
    ...actionFlags,
  },
  run: ({ yes, by, isDryRun, action, out, ...given }, shell) => {
    let sentence = '';
    return runBatches(shell, {
      work: async (context, show) => {
        const opened = await givenAction({ action, out, dryRun: isDryRun }, 'resolve');
        const decision = decisionOf(given, opened);
        const result = await resolve(context, {
          ...decision,
          by: by ?? opened?.action.by ?? null,
          isDryRun,
          action: opened,
          out,
        });
        sentence = result.sentence;
        show(result.batch);
      },
      print: (result, terminal) => {
        terminal.data(sentence);
        for (const line of totalLines(result.tallies)) terminal.data(line);
      },
      exit: (result) => ((result.contradictions?.undecided ?? 0) > 0 ? 5 : 0),
      isConfirmed: yes,
    });
  },
});

interface GivenDecision {
  readonly reference: string | null;
  readonly status: ResolveRequest['status'] | null;
  readonly because: string | null;
  readonly providerReference: string | null;
  readonly settledAt: string | null;
}

/** As it is typed, or as the action has it. */
function decisionOf(
  { reference, status, because, providerReference, settledAt }: GivenDecision,
  opened: OpenedAction | null,
): Pick<ResolveRequest, keyof GivenDecision> {
  const { request = {}, because: signedBecause = null } = opened?.action ?? {};
  const typed = reference === null ? null : reference.trim().toUpperCase();
  return {
    reference: requiredText(opened, '<reference>', typed, request['reference']),
    status: requiredText(opened, '--as <status>', status, request['as']) === 'paid' ? 'paid' : 'failed',
    because: requiredText(opened, '--because <text>', because, signedBecause),
    providerReference: asInAction(opened, '--provider-reference', providerReference, request['provider_reference']),
    settledAt: asInAction(opened, '--at', settledAt, request['at']),
  };
}
