export { hold } from './slot-workflows';
export { runActivity } from './workflows';
