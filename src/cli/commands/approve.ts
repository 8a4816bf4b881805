import {
  approve,
  approveAction,
  checkedExit,
  runCommandText,
  type ApproveResult,
  type BatchResult,
} from '../../operations/index.ts';
import { actionLines, approvalLines } from '../approval-text.ts';
import { againstFlag, batchFlags, batchOptions, repairFlag } from '../batch-flags.ts';
import { defineCommand, type Shell } from '../command.ts';
import { switchFlag, textArgument, textFlag } from '../flag.ts';
import { openContext } from '../context.ts';
import { approvalParts } from '../json.ts';
import { runBatches } from '../run-batches.ts';
import { PayrunError } from '../../domain/problem.ts';
import { printPlan } from './plan.ts';

export const approveCommand = defineCommand({
  name: 'approve',
  description: 'show a plan and sign it with your SSH key; sends nothing',
  help: {
    examples: ['payrun approve batches/november.csv', 'payrun approve batches/november.csv --as jane@example.org'],
    exits: [
      [0, 'signed, or signed already'],
      2,
      [3, 'the file is refused: nothing to sign'],
      [5, 'not signed: declined, or the signature would not count'],
      6,
    ],
    json: '`batches`, as plan, with `approvals`: needed, missing, valid, void, may_sign; and `signature`: principal, file',
  },
  parameters: {
    file: textArgument('<file>'),
    principal: textFlag('--as <name>', 'who signs, as the signers file names the person; else found by the key'),
    key: textFlag('--key <path>', "your SSH key; else one of the agent's, or of ~/.ssh"),
    yes: switchFlag('--yes', 'do not ask before signing; needed where there is no terminal'),
    ...batchFlags,
    repair: repairFlag,
    against: againstFlag,
  },
  run: async ({ file, principal, key, yes, repair, against, ...flags }, shell) => {
    const { terminal } = shell;
    requireAnswer(shell, yes);
    if (/\.json$/i.test(file)) return approveActionFile(shell, { file, principal, key, isConfirmed: yes });
    let approval: ApproveResult | null = null;
    return runBatches(shell, {
      work: async (context, show) => {
        const options = { ...batchOptions(flags, shell), repair, against };
        const request = { file, options, principal, key, isAtTerminal: terminal.canAsk() };
        const print = (result: BatchResult): void => {
          if (!shell.isJson) printPlan(result, terminal, null);
        };
        approval = await approve(context, request, ({ result, approvals }) => {
          print(result);
          if (!shell.isJson && approvals !== null) for (const line of approvalLines(approvals)) terminal.data(line);
        });
        const { result, signed, approvals } = approval;
        const signature = signed === null ? {} : { signature: { principal: signed.principal, file: signed.path } };
        show({ ...result, ...(approvals === null ? {} : { approvals }), ...signature });
      },
      print: () => {
        const path = approval?.signed?.path ?? null;
        if (path !== null) terminal.data(`Signed: ${path}`);
        if (approval === null || approval.sentence === '') return;
        terminal.data(approval.sentence);
        const digest = approval.result.plan?.planDigest ?? null;
        if (approval.isApproved && digest !== null) {
          terminal.data(
            `To pay it: ${runCommandText(file, { ...batchOptions(flags, shell), repair, against }, digest)}`,
          );
        }
      },
      exit: checkedExit,
      hasRows: flags.rows,
      isConfirmed: yes,
    });
  },
});

interface GivenActionFile {
  readonly file: string;
  readonly principal: string | null;
  readonly key: string | null;
  readonly isConfirmed: boolean;
}

/** Of a file that a command wrote with `--dry-run --out`. */
async function approveActionFile(shell: Shell, { isConfirmed, ...given }: GivenActionFile): Promise<number> {
  const { terminal, isJson } = shell;
  const context = await openContext(shell, { signal: new AbortController().signal, isConfirmed });
  const request = { ...given, isAtTerminal: terminal.canAsk() };
  const { action, signed, approvals, sentence } = await approveAction(context, request, (written, state) => {
    if (!isJson) for (const line of [...actionLines(written), ...approvalLines(state)]) terminal.data(line);
  });
  if (isJson) {
    const signature = { principal: signed.principal, file: signed.path };
    const document = { version: 1, exit: 0, action, approvals: approvalParts(approvals), signature };
    terminal.data(JSON.stringify(document, null, 2));
    return 0;
  }
  if (signed.path !== null) terminal.data(`Signed: ${signed.path}`);
  terminal.data(sentence);
  return 0;
}

/** A signature is a person's word: nobody gives it by mistake where no question can be asked. */
function requireAnswer({ terminal }: Shell, isConfirmed: boolean): void {
  if (isConfirmed || terminal.canAsk()) return;
  throw new PayrunError(2, 'terminal-missing', 'There is no terminal to ask you on. To sign all the same, add --yes.');
}
