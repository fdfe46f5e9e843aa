// SPDX-License-Identifier: Apache-2.0
namespace Weir.Tests.Conformance;

/// <summary>One input on which flow collectors went wrong, and what is right.</summary>
/// <param name="Name">Folder or file under <c>data/cases</c>.</param>
/// <param name="Right">The right value, in the words of <paramref name="Says"/>.</param>
/// <param name="Says">What Weir makes of the input.</param>
internal sealed record FieldCase(string Name, string Right, Func<string> Says)
{
    public override string ToString() => Name;
}
