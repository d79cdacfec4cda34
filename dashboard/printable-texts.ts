import { type ComponentChildren, options } from 'preact';
import { printable } from '../src/batch/text/printable';

/** From now on, whatever the page shows as text has no character that would turn around what stands beside it. */
export function showPrintableTexts(): void {
  options.vnode = (vnode) => {
    const props = vnode.props as { children?: ComponentChildren } | null;
    if (typeof vnode.type === 'string' && props?.children !== undefined) props.children = shown(props.children);
  };
}

function shown(children: ComponentChildren): ComponentChildren {
  if (Array.isArray(children)) return children.map(shown);
  return typeof children === 'string' ? printable(children) : children;
}
