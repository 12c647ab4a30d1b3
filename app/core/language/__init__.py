"""What words of a question mean, in English and Chinese: dates, filters, places, near misses."""
