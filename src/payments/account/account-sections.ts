import { Injectable } from '@nestjs/common';
import type { User } from '../../auth/user.js';
import type { Texts } from '../../http/texts/texts.js';

/** What the account page shows besides payments: properties for its view. */
export type AccountSection = (user: User, texts: Texts) => Promise<object>;

/** Lets other rooms show something on the account page. */
@Injectable()
export class AccountSections {
  private readonly sections: AccountSection[] = [];

  /** Adds a section. Call it in a constructor. */
  add(section: AccountSection): void {
    this.sections.push(section);
  }

  /** The properties of all sections. */
  async load(user: User, texts: Texts): Promise<object> {
    const loaded = await Promise.all(this.sections.map((section) => section(user, texts)));
    return Object.assign({}, ...loaded) as object;
  }
}
