// SPDX-License-Identifier: Apache-2.0
//
// What people ask of the vault on the command line: a customer's own view, and consents.
namespace Weir.Contracts.Protocol;

/// <summary>Asks what is held about the line that had an address at a time (rules.md R19).</summary>
/// <param name="Number">The request's own.</param>
/// <param name="Address">An address of the line.</param>
/// <param name="At">When the line had it, UTC.</param>
/// <param name="Port">Source port, where lines share the address.</param>
public sealed record SubjectAsk(string Number, string Address, DateTimeOffset At, ushort? Port);

/// <summary>A customer's consent to a diagnosis of the line that has an address now (rules.md R20).</summary>
/// <param name="Number">The request's own.</param>
/// <param name="Address">An address that the line has now.</param>
/// <param name="Class">What may be looked at, as <c>out/tcp/25</c>.</param>
/// <param name="Hours">How long, from now.</param>
/// <param name="Port">Source port, where lines share the address.</param>
public sealed record ConsentAsk(string Number, string Address, string Class, int Hours, ushort? Port);

/// <summary>A token for the desk, as it was written.</summary>
public sealed record ConsentTokenReply(string Token);

/// <summary>The customer takes back every consent of the line.</summary>
public sealed record ConsentWithdrawal(string Number, string Address, ushort? Port);

/// <summary>How many there were.</summary>
public sealed record ConsentCount(int Count);
