import type { HttpAnswer } from '../kit/http.ts';
import { evidence, throttledBy, unreachable } from '../kit/outcomes.ts';
import type { QueryResult } from '../port.ts';
import type { TemplateAnswerContext } from './answers.ts';

/** What the answer to a query means for the payment. A query that failed proves nothing. */
export function templateQueryResult(answer: HttpAnswer, { now }: TemplateAnswerContext): QueryResult {
  if (answer.kind !== 'answer') return unreachable(answer);
  const code = String(answer.status);
  switch (answer.status) {
    // Fill in: each state of docs/providers/_template.md; `not-found` only where the provider says that it has no such payment.
    case 429:
      return throttledBy(answer, now, evidence(code, 'Template asks for a pause: too many requests.'));
    default:
      return {
        kind: 'unknown',
        evidence: evidence(code, `Template answered the query with ${code}, which query.ts lacks.`),
      };
  }
}
