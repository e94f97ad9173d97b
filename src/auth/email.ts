/** The one form in which addresses are kept and compared: without spaces around it, in lower case, composed (NFC). */
export const normalizeEmail = (email: string): string => email.normalize('NFC').trim().toLowerCase();
