export { address, shipping } from './address.js';
export { currency } from './readers.js';
export { changeMetadata, metadata, type MetadataChange } from './metadata.js';
export { emptyable, optional, type Reader, type ValueOf } from './readers.js';
export { boolean, emailAddress, integer, longText, oneOf, text, webAddress } from './readers.js';
export { list, record, shape } from './structures.js';
export { sdkObject, sdkObjects } from './sdk-values.js';
