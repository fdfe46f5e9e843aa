// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weir.Desk.Api.Sessions;

/// <param name="Link">To be opened once in a browser; it signs in whoever opens it, as the user who asked for
/// it.</param>
/// <param name="Until">When it is void.</param>
/// <param name="Role">The role the session will have.</param>
internal sealed record SignInLink(string Link, DateTimeOffset Until, string Role);

/// <param name="Id">Its number.</param>
/// <param name="User">Whose it is.</param>
/// <param name="Role">The role it was opened in.</param>
/// <param name="Opened">When.</param>
/// <param name="Used">When its last page was asked for.</param>
/// <param name="Ends">When it ends at the latest.</param>
internal sealed record SessionSummary(
    string Id, string User, string Role, DateTimeOffset Opened, DateTimeOffset Used, DateTimeOffset Ends);

/// <param name="Sessions">Those the caller may end, newest first.</param>
internal sealed record SessionsResponse(IReadOnlyList<SessionSummary> Sessions);

/// <param name="Id">The session that was ended.</param>
internal sealed record SessionEnded(string Id);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SignInLink))]
[JsonSerializable(typeof(SessionsResponse))]
[JsonSerializable(typeof(SessionEnded))]
internal sealed partial class SessionJson : JsonSerializerContext;
