import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { type ReadKind, StripeRead } from '../reads/stripe-read.entity.js';

/** Says why an object that is read again after its events differs from its row. */
@Injectable()
export class ReadCause {
  constructor(@InjectRepository(StripeRead) private readonly reads: Repository<StripeRead>) {}

  /** @param otherwise the cause where its last read went well, and nothing was reported since */
  async of(kind: ReadKind, id: string, otherwise: string): Promise<string> {
    const read = await this.reads.findOneBy({ kind, id });
    if (read?.lastError) return `its last read could not be stored: ${read.lastError}`;
    if (read && read.wanted > read.applied) return 'its last change was announced by an event, and is being read';
    return otherwise;
  }
}

/** No event at all. */
export const NO_EVENT = 'no event of it has come in';
/** Events, but not the last. */
export const LAST_EVENT_LOST = 'the event of its last change has not come in';
