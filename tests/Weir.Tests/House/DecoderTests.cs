// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using Weir.Wire;

namespace Weir.Tests.House;

/// <summary>The list of decoders is taken from the assembly, so that a new one cannot escape the properties.</summary>
public class DecoderTests
{
    // NetFlow v5, NetFlow v9, IPFIX, sFlow v5. A ratchet: raise it with a new decoder, never lower it.
    private const int Fewest = 4;

    /// <summary>Static methods that push records of untrusted bytes into a visitor of the caller's type.</summary>
    public static IReadOnlyList<MethodInfo> All { get; } =
    [
        .. from type in typeof(IFlowVisitor).Assembly.GetExportedTypes()
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
           where method.IsGenericMethodDefinition
               && method.GetGenericArguments()
                   .Any(a => a.GetGenericParameterConstraints().Contains(typeof(IFlowVisitor)))
               && method.GetParameters() is [{ ParameterType: var first }, ..] && first == typeof(ReadOnlySpan<byte>)
           select method,
    ];

    [Fact]
    public void No_decoder_has_gone_missing() =>
        Assert.True(
            All.Select(m => m.DeclaringType).Distinct().Count() >= Fewest,
            $"found: {string.Join(", ", All.Select(m => m.DeclaringType!.Name))}");
}
