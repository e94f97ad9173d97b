export { address, shipping } from './address.js';
export { currency } from './currency.js';
export { changeMetadata, metadata, type MetadataChange } from './metadata.js';
export { emptyable, optional, type Reader, type ValueOf } from './reader.js';
export { boolean, emailAddress, integer, longText, oneOf, text, webAddress } from './scalars.js';
export { list, record, shape } from './structures.js';
