import { render } from 'preact';
import { App } from './app';
import { showPrintableTexts } from './printable-texts';
import { takeToken } from './server';

showPrintableTexts();
takeToken();
render(<App />, document.body);
