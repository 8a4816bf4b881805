import { resolve } from '../../operations/index.ts';
import { defineCommand } from '../command.ts';
import { requiredChoiceFlag, requiredTextFlag, switchFlag, textArgument, textFlag } from '../flag.ts';
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
    reference: textArgument('<reference>'),
    status: requiredChoiceFlag('--as <status>', 'what became of it', ['paid', 'failed']),
    because: requiredTextFlag('--because <text>', 'the evidence: what was seen where'),
    providerReference: textFlag('--provider-reference <id>', "the provider's own id of the payment"),
    settledAt: textFlag('--at <time>', "the bank's date and time (2026-11-28T14:05, or with an offset)"),
    by: textFlag('--by <name>', 'who decides; the login name unless that is root'),
    yes: switchFlag('--yes', 'do not ask before recording'),
    isDryRun: switchFlag('--dry-run', 'only show what would be recorded'),
  },
  run: ({ reference, yes, ...decision }, shell) => {
    let sentence = '';
    return runBatches(shell, {
      work: async (context, show) => {
        const result = await resolve(context, { reference: reference.trim().toUpperCase(), ...decision });
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
