import type { Outcome } from '../../domain/outcome.ts';
import type { PaymentInstruction } from '../../domain/payment.ts';
import type { HttpAnswer, WholeAnswer } from '../kit/http.ts';
import { parseObject, scalarText } from '../kit/json.ts';
import { evidence, stopped, throttledBy, unansweredOutcome } from '../kit/outcomes.ts';
import type { Redactor } from '../kit/redaction.ts';

/** What is known besides the answer. */
export interface TemplateAnswerContext {
  readonly payment: PaymentInstruction;
  /** Name of the account in the configuration. */
  readonly account: string;
  /** Every text of the provider passes through the redactor: no secret and no whole number reaches ledger or report. */
  readonly redactor: Redactor;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * What each answer to a payout means for the money: `failed`, `throttled` and `stop` only where the provider clearly refused,
 * `not-sent` only where no byte left, `unknown` for everything else.
 */
export function templatePayoutOutcome(answer: HttpAnswer, context: TemplateAnswerContext): Outcome {
  return answer.kind === 'answer'
    ? wholeAnswerOutcome(answer, context)
    : unansweredOutcome(answer, templateMayHavePaid);
}

function wholeAnswerOutcome(answer: WholeAnswer, { account, now, payment, redactor }: TemplateAnswerContext): Outcome {
  const code = String(answer.status);
  const clause = redactor.clause(scalarText(parseObject(answer.body)?.['message']) ?? '', payment);
  switch (answer.status) {
    // Fill in: 200 and the refusals of docs/providers/_template.md, each with its reason.
    case 401:
      return stopped(code, `Template does not accept accounts.${account}.credentials.api_key${clause}. Check it.`);
    case 429:
      return throttledBy(answer, now, evidence(code, 'Template asks for a pause: too many requests.'));
    default:
      return {
        kind: 'unknown',
        evidence: evidence(code, templateMayHavePaid(`Template answered ${code}${clause}, which answers.ts lacks`)),
      };
  }
}

function templateMayHavePaid(what: string): string {
  return `${what}. It may have paid or not: look before paying again.`;
}
