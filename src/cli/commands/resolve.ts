import { resolve } from '../../operations/index.ts';
import { defineCommand } from '../command.ts';
import { requiredChoiceFlag, requiredTextFlag, textArgument, textFlag } from '../flag.ts';
import { runBatches } from '../run-batches.ts';
import { totalLines } from '../tables.ts';

export const resolveCommand = defineCommand({
  name: 'resolve',
  description: "record a person's decision on an unknown payment",
  parameters: {
    reference: textArgument('<reference>'),
    status: requiredChoiceFlag('--as <status>', 'what became of it', ['paid', 'failed']),
    because: requiredTextFlag('--because <text>', 'the evidence: what was seen where'),
    providerReference: textFlag('--provider-reference <id>', "the provider's own id of the payment"),
  },
  run: ({ reference, status, because, providerReference }, shell) =>
    runBatches(shell, {
      work: async (context, show) => {
        const decision = { reference: reference.trim().toUpperCase(), status, because, providerReference };
        show(await resolve(context, decision));
      },
      print: (result, terminal) => {
        terminal.data(`Payment ${reference} of batch ${result.batch ?? ''} is recorded as ${status}.`);
        for (const line of totalLines(result.tallies)) terminal.data(line);
      },
      exit: () => 0,
    }),
});
