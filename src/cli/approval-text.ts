import type { BatchResult } from '../operations/index.ts';

/** Who has signed, who is missing, and what does not count. */
export function approvalLines({
  needed,
  valid,
  void: voided,
  maySign,
}: NonNullable<BatchResult['approvals']>): string[] {
  const names = valid.map(({ principal }) => principal).join(', ');
  const missing = Math.max(0, needed - valid.length);
  const wanted = needed === 0 ? 'no signature is needed' : `${valid.length} of ${needed} signatures`;
  return [
    `  approval ${wanted}${names === '' ? '' : `: ${names}`}`,
    ...voided.map(({ principal, why }) => `           not counted, of ${principal}: ${why}`),
    ...(missing === 0
      ? []
      : [`           ${missing} more may sign: ${maySign.join(', ') || 'nobody else in the signers file'}`]),
  ];
}
