import { hash } from 'node:crypto';

/** Sum of numbers of 32 bits in each lane, modulo 2 to the power of all their bits. Order does not count. */
class LaneSum {
  private readonly lanes: Float64Array;
  count = 0;

  constructor(laneCount: number) {
    this.lanes = new Float64Array(laneCount);
  }

  /** @param bytes four characters for each lane, one for each byte. */
  add(bytes: string): void {
    const { lanes } = this;
    // Lanes are doubles; carries are settled before a lane could lose precision (2^53 / 2^32 = 2^21 additions).
    for (let lane = 0, at = 0; lane < lanes.length; lane++, at += 4) {
      const low = (bytes.charCodeAt(at + 1) << 16) | (bytes.charCodeAt(at + 2) << 8) | bytes.charCodeAt(at + 3);
      lanes[lane] = (lanes[lane] ?? 0) + bytes.charCodeAt(at) * 2 ** 24 + low;
    }
    this.count += 1;
    if (this.count % 1_000_000 === 0) this.settle();
  }

  /** SHA-256 over the sum and how many were added, 64 hexadecimal digits. */
  digest(format: string): string {
    this.settle();
    return hash('sha256', `${format}:${this.count}:${[...this.lanes].join(':')}`, 'hex');
  }

  private settle(): void {
    let carry = 0;
    for (let lane = this.lanes.length - 1; lane >= 0; lane--) {
      const value = (this.lanes[lane] ?? 0) + carry;
      this.lanes[lane] = value % 0x1_0000_0000;
      carry = Math.floor(value / 0x1_0000_0000);
    }
  }
}

/**
 * Digest of a *set* of payments: the sum, modulo 2^256, of the digests of the payments, hashed with their count. Order does
 * not count, and a million payments need no memory.
 */
export class BatchDigest {
  private readonly sum = new LaneSum(8);

  /** @param bytes 32 characters, one for each byte: `paymentDigestBytes` of a payment. */
  add(bytes: string): void {
    this.sum.add(bytes);
  }

  digest(): string {
    return this.sum.digest('payrun-batch/1');
  }
}

/** Bytes for each payment in {@link AgreedRowsDigest}. */
const AGREED_BYTES = 256;

/**
 * Digest of a set of payments to which people agree. Nobody can make a second set with the digest of a first one, not even with rows of their
 * own choice. A sum of 256 bits is not enough for that: it takes about 2^33 steps over 1,000 rows to make it come out as one likes
 * (Wagner, "A Generalized Birthday Problem", 2002). A sum of 2048 bits takes more than 2^100, with a million rows as well.
 */
export class AgreedRowsDigest {
  private readonly sum = new LaneSum(AGREED_BYTES / 4);

  /** @param bytes as {@link BatchDigest.add} takes them. */
  add(bytes: string): void {
    this.sum.add(hash('shake256', bytes, { outputEncoding: 'binary', outputLength: AGREED_BYTES }));
  }

  digest(): string {
    return this.sum.digest('payrun agreed rows 1');
  }
}
