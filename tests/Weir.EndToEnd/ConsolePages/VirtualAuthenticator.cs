// SPDX-License-Identifier: Apache-2.0
using Microsoft.Playwright;

namespace Weir.EndToEnd.ConsolePages;

/// <summary>An authenticator that Chromium plays for one page: it keeps passkeys, counts, and knows who touches it. It
/// stays with the page wherever that goes.</summary>
internal sealed class VirtualAuthenticator(ICDPSession session, string id)
{
    public static async Task<VirtualAuthenticator> AddAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("WebAuthn.enable");
        var added = await session.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true,
                ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
        return new(session, added!.Value.GetProperty("authenticatorId").GetString()!);
    }

    /// <summary>Whether it knows who touches it from now on.</summary>
    public Task KnowAsync(bool isKnown) => session.SendAsync("WebAuthn.setUserVerified", new Dictionary<string, object>
    {
        ["authenticatorId"] = id, ["isUserVerified"] = isKnown,
    });
}
