/** The API version that the objects here are shaped after: the one of the SDK whose types they are checked against. */
export const API_VERSION = '2026-10-28.endive';
