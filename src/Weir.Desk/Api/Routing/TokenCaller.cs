// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Api.Routing;

/// <summary>A call comes by a token: beside who calls, by which.</summary>
/// <param name="Id">Its number.</param>
internal sealed record TokenCaller(string Id);
