// SPDX-License-Identifier: Apache-2.0
namespace Weir.Lab.Traffic;

/// <summary>One attack of the truth.</summary>
/// <param name="Rule">The rule by which it should be noticed, as reports name it.</param>
/// <param name="Deed">What is done.</param>
/// <param name="Subscriber">Who does it, or suffers it (flood-in).</param>
/// <param name="Protocol">IANA protocol number.</param>
/// <param name="Port">The attacked port; for reflection the subscriber's own.</param>
/// <param name="Remote">Number of the remote in the remote address space; -1 = many.</param>
/// <param name="FromMs">Begin.</param>
/// <param name="UntilMs">End.</param>
internal sealed record Attack(
    string Rule, RoutineKind Deed, int Subscriber, byte Protocol, ushort Port, int Remote, long FromMs, long UntilMs);
