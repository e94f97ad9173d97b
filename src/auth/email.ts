/** The form in which addresses are stored and compared: trimmed, in lower case, in Unicode's NFC. */
export const normalizeEmail = (email: string): string => email.normalize('NFC').trim().toLowerCase();
