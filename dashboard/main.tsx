import { render } from 'preact';
import { App } from './app';
import { takeToken } from './server';

takeToken();
render(<App />, document.body);
