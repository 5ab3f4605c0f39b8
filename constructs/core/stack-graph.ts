import { TerraformElement, TerraformProvider, TerraformResource } from 'cdktf';
import type { IConstruct } from 'constructs';
import { EstateStack } from './estate-stack';

/** What is needed of somebody who plans or applies a stack: each thing that Terraform asks a cloud about. */
export interface Asked {
  /** `google_storage_bucket`; of a data source `data.google_project`. */
  readonly type: string;
  readonly construct: TerraformElement;
}

/** Every stack of the app so far, in the order in which they were made. */
export function stacksOf(scope: IConstruct): readonly EstateStack[] {
  return scope.node.root.node.children.filter((child) => child instanceof EstateStack);
}

/** The names of the stack's providers, such as `google`, sorted. */
export function providersOf(stack: EstateStack): readonly string[] {
  const found = elementsOf(stack).filter((element) => TerraformProvider.isTerraformProvider(element));
  return [...new Set(found.map(({ terraformResourceType }) => terraformResourceType))].sort();
}

/** The resources and data sources of one provider. */
export function askedOf(stack: EstateStack, provider: string): readonly Asked[] {
  return elementsOf(stack).flatMap((construct) => {
    if (TerraformProvider.isTerraformProvider(construct) || !construct.terraformResourceType.startsWith(`${provider}_`)) return [];
    return [{ type: `${TerraformResource.isTerraformResource(construct) ? '' : 'data.'}${construct.terraformResourceType}`, construct }];
  });
}

type Element = TerraformElement & { readonly terraformResourceType: string };

function elementsOf(stack: EstateStack): readonly Element[] {
  return stack.node
    .findAll()
    .filter((construct): construct is Element => TerraformElement.isTerraformElement(construct) && 'terraformResourceType' in construct);
}

/** In groups, in the order in which each group's first stack was made. */
export function groupedBy(stacks: readonly EstateStack[], key: (stack: EstateStack) => string): ReadonlyMap<string, readonly EstateStack[]> {
  const groups = new Map<string, EstateStack[]>();
  for (const stack of stacks) groups.set(key(stack), [...(groups.get(key(stack)) ?? []), stack]);
  return groups;
}
