// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Hosting;

namespace Weir.Hosting.Browsers;

/// <summary>The certificate of a listener for browsers, and what its PEM file holds to the issuer's.</summary>
/// <param name="Leaf">With its key.</param>
/// <param name="Chain">All of the file.</param>
internal sealed record BrowserCertificate(X509Certificate2 Leaf, X509Certificate2Collection Chain)
{
    /// <summary>Reads both files; null where none is named.</summary>
    /// <param name="setting">Which setting names them, for the sentence.</param>
    /// <param name="certificate">PEM file with the chain.</param>
    /// <param name="key">PEM file of the key.</param>
    /// <param name="user">Whose user has to read them.</param>
    /// <exception cref="IOException">They cannot be read; the message names them and the fix.</exception>
    public static BrowserCertificate? Read(string setting, string? certificate, string? key, string user)
    {
        if (certificate is null)
        {
            return null;
        }

        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificate);
            return new(X509Certificate2.CreateFromPemFile(certificate, key), chain);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new IOException($"{setting}: {certificate} with {key} cannot be read: {fault.Message}; give both to "
                + $"{user}'s user as PEM", fault);
        }
    }

    /// <summary>Has a listener speak TLS with it.</summary>
    public void Use(ListenOptions listen) => listen.UseHttps(https =>
        (https.ServerCertificate, https.ServerCertificateChain) = (Leaf, Chain));
}
