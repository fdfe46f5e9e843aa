// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Policy;

/// <summary>A policy that cannot be in force. Each fault names the place and the mend; the message holds
/// all, one a line.</summary>
public sealed class PolicyException(IReadOnlyList<string> faults) : Exception(string.Join('\n', faults))
{
    public IReadOnlyList<string> Faults => faults;
}
