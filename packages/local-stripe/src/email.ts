/** Whether it could be an email address; more only the mail server knows. */
export const looksLikeEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+$/.test(text);
